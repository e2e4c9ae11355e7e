"""Damages of functions: features, stages, gates, notifiers, deployments, one a file."""
