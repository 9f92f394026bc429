"""Where it is: a community's names and a grammar of houses."""
