"""What is seen in a walk: few words, and marks besides colour.

frame   title, body, what is chosen, keys: the same on every screen
lesson  the screens of a lesson
votes   the screens of a vote
"""
