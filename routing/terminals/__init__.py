"""Receive, send and watch: a topology that several programs share."""
