"""What stands between the spider and the network, on the way out and on the way back."""
