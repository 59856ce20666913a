"""The lasting store: files judged against what it holds, merged, logged, traced, and given out as a snapshot."""
