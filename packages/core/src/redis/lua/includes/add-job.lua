-- Steps as BullMQ jobs: every one a direct child of the run's parent job. `q` is the prefix of BullMQ's keys.
local known_queues = {}

local function add_job(run, q, entry)
  if not known_queues[entry.queue] then
    known_queues[entry.queue] = true
    call('SADD', run.cell .. CELL.queueNames, entry.queue)
  end
  local prefix = q .. ':' .. entry.queue .. ':'
  local parent = q .. ':runs:' .. run.id
  local generation = entry.generation or 0
  local data = '{"run":"' .. run.id .. '","step":"' .. entry.instance .. '","gen":' .. generation .. ',' .. entry.data
  local opts = { attempts = 1000000, removeOnComplete = true, cpof = true }
  if entry.priority > 0 then opts.priority = entry.priority end
  if entry.delay then opts.delay = entry.delay end
  local packed = cmsgpack.pack({ prefix, run.id .. '.' .. entry.instance .. '.' .. generation, entry.name, run.time,
    parent, parent .. ':dependencies', { id = run.id, queueKey = q .. ':runs', cpof = true } })
  local args = { packed, data, cmsgpack.pack(opts) }
  if entry.delay then
    add_delayed_job(add_delayed_job_keys(prefix), args)
  elseif entry.priority > 0 then
    add_prioritized_job(add_prioritized_job_keys(prefix), args)
  else
    add_standard_job(add_standard_job_keys(prefix), args)
  end
  if entry.record or entry.delay or entry.skip then
    local record = entry.record or { [RECORD.status] = STEP_STATUS.pending }
    record.queuedAt = run.at
    if entry.delay then record.dueAt = run.at + entry.delay end
    if entry.skip then record.skipReason = entry.skip end
    put_record(run, field_of(entry.instance, generation), record)
  else
    put_text(run, entry.instance, '{"' .. RECORD.status .. '":"' .. STEP_STATUS.pending .. '","' .. RECORD.queuedAt .. '":' .. run.time .. '}')
  end
  run.busy = run.busy + 1
end
