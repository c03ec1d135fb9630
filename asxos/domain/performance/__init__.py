"""What a portfolio earned: by time, by money, by source, against an index, and by decision."""
