"""Who is told what: news, alerts, words of staff."""
