# Makes the table of results.csv: medians over the rounds, and medians of the gateway's ratio and difference to YARP within a round; of further gateways also of the ratio and
# difference to the first one.
BEGIN { FS = "," }

NR == 1 { next }

{
  run = $2 "," $3
  row = run "," $4
  if (!(run in known)) { known[run] = 1; runs[++runCount] = run }
  n = ++rounds[row]
  for (field = 7; field <= 11; field++) value[row, field, n] = $field
  for (field = 12; field <= 15; field++) sum[row, field] += $field
  cpu[$1, row] = $10
  p50[$1, row] = $8
  isRound[$1] = 1
}

END {
  print "| scenario | connections | target | req/s | p50 µs | p99 µs | CPU µs/req | CPU ÷ YARP | p50 over YARP µs | CPU ÷ gateway | CPU over gateway µs | RSS MiB | errors | log written | log entries / bodies dropped |"
  print "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
  targetCount = split("direct yarp gateway lean limited spend hit compat-openai compat-anthropic", targets, " ")
  for (r = 1; r <= runCount; r++) for (t = 1; t <= targetCount; t++) {
    row = runs[r] "," targets[t]
    if (!(row in rounds)) continue
    split(row, part, ",")
    isGateway = part[3] != "direct" && part[3] != "yarp"
    ratio = difference = more = added = "–"
    if (isGateway) {
      yarp = part[1] "," part[2] ",yarp"
      count = 0
      for (round in isRound) if ((round, row) in cpu && (round, yarp) in cpu && cpu[round, yarp] > 0) {
        count++
        ratios[count] = cpu[round, row] / cpu[round, yarp]
        differences[count] = p50[round, row] - p50[round, yarp]
      }
      if (count > 0) {
        ratio = sprintf("%.2f", median(ratios, count))
        difference = sprintf("%+.0f", median(differences, count))
      }
    }

    if (isGateway && part[3] != "gateway") {
      gateway = part[1] "," part[2] ",gateway"
      count = 0
      for (round in isRound) if ((round, row) in cpu && (round, gateway) in cpu && cpu[round, gateway] > 0) {
        count++
        ratios[count] = cpu[round, row] / cpu[round, gateway]
        differences[count] = cpu[round, row] - cpu[round, gateway]
      }
      if (count > 0) {
        more = sprintf("%.2f", median(ratios, count))
        added = sprintf("%+.1f", median(differences, count))
      }
    }

    printf "| %s | %d | %s | %.0f | %.0f | %.0f | %.1f | %s | %s | %s | %s | %.0f | %d | %s | %s |\n", part[1], part[2], part[3],
      of(row, 7), of(row, 8), of(row, 9), of(row, 10), ratio, difference, more, added, of(row, 11), sum[row, 12],
      isGateway ? sum[row, 13] : "–", isGateway ? sum[row, 14] " / " sum[row, 15] : "–"
  }
}

function of(row, field,   i, list) {
  for (i = 1; i <= rounds[row]; i++) list[i] = value[row, field, i]
  return median(list, rounds[row])
}

function median(list, count,   i, j, next_) {
  for (i = 2; i <= count; i++) {
    next_ = list[i] + 0
    for (j = i - 1; j >= 1 && list[j] + 0 > next_; j--) list[j + 1] = list[j]
    list[j + 1] = next_
  }
  return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
}
