"""What the messaging channels (Telegram, WhatsApp, SMS, Messenger, Slack) share behind their webhooks."""
