-- Closing a run: its reason, and every child that is not running leaves its queue.
--@include closing
--@bullmq remove-children

local function close_run(run, q, closing, actor, data)
  if write_closing(run, closing, actor, data) and closing ~= RUN_STATUS.failed then
    call('PUBLISH', run.cell .. CELL.aborts, run.id)
  end
  call('DEL', run.key .. KEY.ready)
  return remove_idle_children(q, run.id, run.at)
end
