-- One chat completion, again and again. Without a request() function wrk builds the request once, so that Lua costs nothing per request.
local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
file:close()
wrk.headers["content-type"] = "application/json"
wrk.headers["accept"] = "application/json"
wrk.headers["authorization"] = "Bearer sk-bench"
wrk.headers["cf-aig-authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
wrk.headers["user-agent"] = "bench/1.0"

-- Requests, seconds, p50 and p99 in µs, errors: one line for the script that started wrk.
function done(summary, latency, requests)
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout + summary.errors.status
  io.write(string.format("BENCH %d %.3f %d %d %d\n", summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), errors))
end
