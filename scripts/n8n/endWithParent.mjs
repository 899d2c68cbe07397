// Loaded into each process of n8n (`--import`): ends it when the process that started it is gone, however that ended.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// The channel to that process alone is no reason to stay.
process.channel?.unref();
