# step08
load helper
