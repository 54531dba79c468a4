"""Topologies to look at, as whole files: a source comes in, and a picture goes out.

draw/  exchanges, queues and what leads from one to another
page/  a page for a class: guess, then see
"""
