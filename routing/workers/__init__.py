"""One queue that three workers share: a story in acts."""
