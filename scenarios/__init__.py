"""One lesson a module: edit its data, and run it again."""
