"""Processes that hold one network in one framework and time it when asked."""
