"""Events for analytics: small documents about turns, without words or people, sent to RabbitMQ or Kafka."""
