# What R says of the numbers on stdin, a row of 17 digits a line.
task <- commandArgs(trailingOnly = TRUE)[1]
input <- file("stdin")
say <- function(...) cat(sprintf("%.17g", c(...)), fill = 10000)

if (task == "mean") {
  t <- t.test(scan(input, quiet = TRUE))
  say(t$estimate, t$conf.int)
} else if (task == "ratio") {
  d <- read.csv(input, header = FALSE)
  t <- t.test(log(V2) ~ V1, data = d, var.equal = TRUE)
  say(exp(t$estimate[1] - t$estimate[2]), exp(t$conf.int))
} else {
  d <- read.csv(input, colClasses = "character")
  d$y <- as.numeric(d$y)
  factors <- setdiff(names(d), "y")
  pairs <- if (length(factors) > 1) combn(factors, 2, simplify = FALSE) else list()
  terms <- c(as.list(factors), pairs)
  written <- sapply(terms, paste, collapse = ":")
  model <- function(t) lm(reformulate(c("1", t), "y"), data = d)
  full <- model(written)
  error <- deviance(full) / df.residual(full)
  for (term in terms) {
    without <- written[!sapply(terms, function(other) all(term %in% other))]
    row <- anova(model(without), model(c(without, paste(term, collapse = ":"))))[2, ]
    freedom <- row$Df
    f <- row$"Sum of Sq" / freedom / error
    say(freedom, row$"Sum of Sq", f, pf(f, freedom, df.residual(full), lower.tail = FALSE))
  }
  rows <- summary(aov(reformulate(written, "y"), data = d))[[1]]
  for (name in written) {
    row <- rows[trimws(rownames(rows)) == name, ]
    say(row$Df, row$"Sum Sq", row$"F value", row$"Pr(>F)")
  }
  say(df.residual(full), deviance(full))
}
