"""What is in view: sky, green and buildings from homes and streets, how much of a plan is seen, and whom new windows look at."""
