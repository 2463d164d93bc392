"""The parts of `crawler.pace`: what is learned of sources, the timetable of a day, and how good it is."""
