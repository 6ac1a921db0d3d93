# step09
load helper
