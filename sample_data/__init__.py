"""Synthetic patients for demonstration, tests and benchmarks. None of them exists."""
