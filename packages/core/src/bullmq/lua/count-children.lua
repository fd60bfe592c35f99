-- How many children of the job `id`, of the queue of runs, have not ended.
local function count_children(q, id)
  return call('SCARD', q .. ':' .. QUEUE.runs .. ':' .. id .. ':' .. JOB_KEY.dependencies)
end
