-- BullMQ's reply to a fetch, {{'name', 'core.http', 'data', '{…}', 'ats', '1', …}, id, …}, as a table by field. nil when no job
-- was fetched, and when this one was started before (`ats` counts the starts): then what happened to it has to be looked up.
local function fetched_job(raw)
  if type(raw) ~= 'table' or type(raw[1]) ~= 'table' then return nil end
  local job = {}
  for i = 1, #raw[1], 2 do job[raw[1][i]] = raw[1][i + 1] end
  if job.ats ~= '1' then return nil end
  return job
end
