-- Steps as jobs: each is a direct child of the run's own job (I1). entry: instance, generation, queue, name, priority, data, and one of
-- delay, skip, record. `q` is the prefix of BullMQ's keys.
--@bullmq add-child

local known_queues = {}

local function queue_step(run, q, entry)
  if not known_queues[entry.queue] then
    known_queues[entry.queue] = true
    call('SADD', run.cell .. CELL.queueNames, entry.queue)
  end
  local generation = entry.generation or 0
  local data = '{"run":"' .. run.id .. '","step":"' .. entry.instance .. '","gen":' .. generation .. ',' .. entry.data
  add_child(q, run.id, entry, run.id .. '.' .. entry.instance .. '.' .. generation, data, run.time)
  if entry.record or entry.delay or entry.skip then
    local record = entry.record or { [RECORD.status] = STEP_STATUS.pending }
    record.queuedAt = run.at
    if entry.delay then record.dueAt = run.at + entry.delay end
    if entry.skip then record.skipReason = entry.skip end
    put_record(run, field_of(entry.instance, generation), record)
  else
    put_text(run, entry.instance,
      '{"' .. RECORD.status .. '":"' .. STEP_STATUS.pending .. '","' .. RECORD.queuedAt .. '":' .. run.time .. '}')
  end
  run.busy = run.busy + 1
end
