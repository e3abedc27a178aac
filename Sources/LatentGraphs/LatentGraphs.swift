// LatentGraphs
