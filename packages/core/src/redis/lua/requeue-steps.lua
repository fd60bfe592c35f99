--[[
  Queues steps again whose jobs disappeared, each under its next generation. Only the run's own job calls it, and only while
  no step of the run is running: the slots in use are counted from zero.
  KEYS: run
  ARGV: command (msgpack: job, queues, steps); a step is { instance, generation, route }
  Replies: {'requeued', how many}  {'at_work', children}  {'lost'}
  Events: step_requeued
]]
--@include run queue-step
--@bullmq lock count-children

local command = cmsgpack.unpack(ARGV[1])
local run = open_run(KEYS[1], now())
if not run or not owns_job(command.queues, command.job) then return { 'lost' } end
local children = count_children(command.queues, run.id)
if children > 0 then return { 'at_work', children } end
run.busy = 0
if run.closing then command.steps = {} end
local requeued = 0
for _, step in ipairs(command.steps) do
  local field = field_of(step.instance, step.generation)
  local record = read_record(run, field)
  if record and not is_settled(record) then
    local generation = step.generation + 1
    if step.generation == 0 then
      run.generations = run.generations + 1
      put_field(run, RUN.generations, run.generations)
    end
    call('HSET', run.key .. KEY.steps, FIELD.generation .. step.instance, generation)
    call('HDEL', run.key .. KEY.steps, field)
    if record.status == STEP_STATUS.running then record.crashes = (record.crashes or 0) + 1 end
    record.status = STEP_STATUS.pending
    record.owner = nil
    append_event(run, 'step_requeued', { step = step.instance, generation = generation })
    queue_step(run, command.queues, { instance = step.instance, generation = generation, queue = step.route.queue,
      priority = step.route.priority, name = step.route.name, data = step.route.data, record = record })
    requeued = requeued + 1
  end
end
while not run.closing and run.busy < run.max and requeued < LIMIT.jobsPerScript do
  local entry = call('LPOP', run.key .. KEY.ready)
  if not entry then break end
  queue_step(run, command.queues, cmsgpack.unpack(entry))
  requeued = requeued + 1
end
save_run(run)
return { 'requeued', requeued }
