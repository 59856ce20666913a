"""Promises about speed, each measured beside its peer in the same run; every module has a ``main()``."""
