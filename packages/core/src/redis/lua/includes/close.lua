-- Closing a run: its reason, and every child that is not at work leaves its queue. BullMQ wakes the run's job when the last one went.
local function remove_idle_children(run, q)
  local parent = q .. ':runs:' .. run.id
  for _, child in ipairs(call('SMEMBERS', parent .. ':dependencies')) do
    local prefix, id = string.match(child, '^(.*:)([^:]*)$')
    remove_job(remove_job_keys(prefix, id), { id, '0', prefix })
  end
  call('DEL', run.key .. KEY.ready)
  local at_work = call('SCARD', parent .. ':dependencies')
  if at_work == 0 and call('ZSCORE', q .. ':runs:waiting-children', run.id) then
    release_parent(release_parent_keys(q .. ':runs:', run.id), { q .. ':runs', run.id, tostring(run.at) })
  end
  return at_work
end

local function close_run(run, q, closing, actor, data)
  if write_closing(run, closing, actor, data) and closing ~= RUN_STATUS.failed then call('PUBLISH', run.cell .. CELL.aborts, run.id) end
  return remove_idle_children(run, q)
end
