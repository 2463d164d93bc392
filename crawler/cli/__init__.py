"""The commands of `thoisu`, a module for each job; they import what is slow to load only when they run."""
