"""What words in headlines and sentences say: the kind of an announcement, its tone, and a model of words."""
