-- Removes every child that no worker holds, and wakes the parent when none is left. Answers how many are left.
--@bullmq count-children remove-job
--@wrap releaseParentIfNoPendingDependencies

local function remove_idle_children(q, id, at)
  local queue = q .. ':' .. QUEUE.runs
  for _, child in ipairs(call('SMEMBERS', queue .. ':' .. id .. ':' .. JOB_KEY.dependencies)) do
    local prefix, child_id = string.match(child, '^(.*:)([^:]*)$')
    remove_job(prefix, child_id)
  end
  local left = count_children(q, id)
  if left == 0 and call('ZSCORE', queue .. ':' .. QUEUE_KEY.waitingChildren, id) then
    bullmq_release_parent_if_no_pending_dependencies(
      bullmq_release_parent_if_no_pending_dependencies_keys(queue .. ':', id), { queue, id, tostring(at) })
  end
  return left
end
