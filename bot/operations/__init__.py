"""What an operator sees of the service: statuses, metrics, trace ids, logs, health."""
