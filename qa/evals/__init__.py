"""Gold questions, metrics, and the runner behind `qa eval`."""
