"""One file a site; nothing but sites."""
