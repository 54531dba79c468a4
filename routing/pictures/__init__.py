"""Topologies to look at: pictures of them, for a slide, a page or a terminal.

A source comes in, and a picture goes out.

draw/     exchanges, queues and what leads from one to another
"""
