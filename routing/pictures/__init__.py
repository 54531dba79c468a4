"""Pictures of a topology, and of a message's way through it: whole files that others look at.

page/  a page for a class, in one HTML file
"""
