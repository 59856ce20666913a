"""Simulated worlds: raw files as the systems of a shop would write them, and the planted truth to judge an analysis by.

``worlds`` knows every kind, ``files`` puts them on disk, whole or part by part. Everything random comes from named
streams of one seed (``base.seeds``), so a change in one part leaves the others as they were.
"""
