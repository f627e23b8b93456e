"""Looking at pictures: the protocol of analysers, their registry, and the pipeline that feeds them."""
