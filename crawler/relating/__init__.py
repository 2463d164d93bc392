"""The parts of `crawler.relate`: which texts are copies of each other, and the stories that they make."""
