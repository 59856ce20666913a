"""Floor 5: running notebooks. Stages, their graph, the kernel, what is already true, and the record."""
