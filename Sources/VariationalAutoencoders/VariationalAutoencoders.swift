// VariationalAutoencoders
