"""Simulated worlds: raw files as a till would write them, and the planted truth to judge an analysis by.

``epos.world`` draws a chain of restaurants, bars and pubs; ``files.write`` puts it on disk. Everything random
comes from named streams of one seed (``base.seeds``), so a change in one part leaves the others as they were.
"""
