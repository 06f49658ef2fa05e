-- Asks for the decision on the account in txn.llm_account and leaves it in txn.llm_status (0: no answer),
-- txn.llm_decision, txn.llm_reason, txn.llm_decision_id and txn.llm_throttle_per_minute. HAProxy 2.6 or later.
local timeout_ms = 200

local function first(headers, name)
  local values = headers and headers[name]
  return values and values[0]
end

core.register_action("llm_sentinel", { "http-req" }, function(txn, url)
  local headers = {}
  local account = txn:get_var("txn.llm_account")
  if account then
    headers["x-llm-sentinel-account"] = { account }
  end
  local answer = core.httpclient():get { url = url, headers = headers, timeout = timeout_ms }
  txn:set_var("txn.llm_status", answer and answer.status or 0)
  for _, name in ipairs { "decision", "reason", "decision-id", "throttle-per-minute" } do
    local value = answer and first(answer.headers, "x-llm-sentinel-" .. name)
    if value then
      txn:set_var("txn.llm_" .. name:gsub("%-", "_"), value)
    end
  end
end, 1)
