/* A stand-in for the driver's libnvidia-ml.so.1, told what to say by a file.
 *
 * LABDOCK_STAND_IN_NVML names the file, which is read at nvmlInit. One fact a line,
 * fields separated by '|':
 *
 *   driver|VERSION
 *   init|CODE                     what nvmlInit returns
 *   hang|SECONDS                  how long nvmlInit takes
 *   crash|1                       nvmlInit aborts the process
 *   gpu|UUID|NAME|MINOR|MIB TOTAL|MIB USED|PERCENT|DEGREES|MIG|CODE
 *                                 CODE is what every question about it returns;
 *                                 1000 + code: getting its handle fails already
 *   slice|UUID OF ITS GPU|UUID|NAME|MIB TOTAL|MIB USED
 *   process|UUID|KIND|PID|MIB     KIND: compute, graphics or mps; MIB -1: not told
 *
 * Types and codes: https://docs.nvidia.com/deploy/nvml-api/
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7 };

typedef struct {
    char uuid[96], name[96], parent[96];
    int minor, utilisation, temperature, mig, code;
    long long total, used;
} Device;

typedef struct {
    char uuid[96], kind[16];
    unsigned pid;
    long long memory;
} Process;

typedef struct {
    unsigned pid;
    unsigned long long memory;
    unsigned gpu_instance, compute_instance;
} ProcessInfo;

static Device gpus[32], slices[32];
static Process processes[128];
static int gpu_count, slice_count, process_count;
static char driver[80] = "570.00.00";

static char *field(char **line) {
    char *text = strsep(line, "|");
    return text ? text : "";
}

static void copy(char *to, const char *from, size_t size) {
    snprintf(to, size, "%s", from);
}

static void read_gpu(char *rest) {
    Device *gpu = &gpus[gpu_count++];
    copy(gpu->uuid, field(&rest), sizeof gpu->uuid);
    copy(gpu->name, field(&rest), sizeof gpu->name);
    gpu->minor = atoi(field(&rest));
    gpu->total = atoll(field(&rest)) << 20;
    gpu->used = atoll(field(&rest)) << 20;
    gpu->utilisation = atoi(field(&rest));
    gpu->temperature = atoi(field(&rest));
    gpu->mig = atoi(field(&rest));
    gpu->code = atoi(field(&rest));
}

static void read_slice(char *rest) {
    Device *slice = &slices[slice_count++];
    copy(slice->parent, field(&rest), sizeof slice->parent);
    copy(slice->uuid, field(&rest), sizeof slice->uuid);
    copy(slice->name, field(&rest), sizeof slice->name);
    slice->total = atoll(field(&rest)) << 20;
    slice->used = atoll(field(&rest)) << 20;
    slice->utilisation = slice->minor = slice->temperature = -1;
}

static void read_process(char *rest) {
    Process *process = &processes[process_count++];
    copy(process->uuid, field(&rest), sizeof process->uuid);
    copy(process->kind, field(&rest), sizeof process->kind);
    process->pid = (unsigned)atoi(field(&rest));
    long long memory = atoll(field(&rest));
    process->memory = memory < 0 ? -1 : memory << 20;
}

int nvmlInitWithFlags(unsigned flags) {
    (void)flags;
    int result = SUCCESS;
    char line[512];
    FILE *file = fopen(getenv("LABDOCK_STAND_IN_NVML") ? getenv("LABDOCK_STAND_IN_NVML") : "", "r");
    gpu_count = slice_count = process_count = 0;
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        char *rest = line, *word = field(&rest);
        if (!strcmp(word, "driver")) copy(driver, field(&rest), sizeof driver);
        else if (!strcmp(word, "init")) result = atoi(field(&rest));
        else if (!strcmp(word, "hang")) sleep((unsigned)atoi(field(&rest)));
        else if (!strcmp(word, "crash")) abort();
        else if (!strcmp(word, "gpu")) read_gpu(rest);
        else if (!strcmp(word, "slice")) read_slice(rest);
        else if (!strcmp(word, "process")) read_process(rest);
    }
    if (file) fclose(file);
    return result;
}

int nvmlShutdown(void) { return SUCCESS; }

const char *nvmlErrorString(int code) {
    switch (code) {
    case 3: return "Not Supported";
    case 9: return "Driver Not Loaded";
    case 15: return "GPU is lost";
    case 18: return "Driver/library version mismatch";
    case 999: return "Unknown Error";
    default: return "Stand-in error";
    }
}

int nvmlSystemGetDriverVersion(char *version, unsigned length) {
    copy(version, driver, length);
    return SUCCESS;
}

int nvmlDeviceGetCount_v2(unsigned *count) {
    *count = (unsigned)gpu_count;
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device **device) {
    if ((int)index >= gpu_count) return INVALID;
    *device = &gpus[index];
    return gpus[index].code > 1000 ? gpus[index].code - 1000 : SUCCESS;
}

int nvmlDeviceGetUUID(Device *device, char *uuid, unsigned length) {
    /* A GPU that fell off goes on telling its UUID: the library remembers it. */
    copy(uuid, device->uuid, length);
    return SUCCESS;
}

int nvmlDeviceGetName(Device *device, char *name, unsigned length) {
    copy(name, device->name, length);
    return device->code;
}

static int number(Device *device, int value, unsigned *answer) {
    if (device->code) return device->code;
    if (value < 0) return NOT_SUPPORTED;
    *answer = (unsigned)value;
    return SUCCESS;
}

int nvmlDeviceGetMinorNumber(Device *device, unsigned *minor) {
    return number(device, device->minor, minor);
}

int nvmlDeviceGetPersistenceMode(Device *device, unsigned *mode) { return number(device, 1, mode); }

int nvmlDeviceGetUtilizationRates(Device *device, unsigned *rates) {
    rates[1] = 0;
    return number(device, device->utilisation, rates);
}

int nvmlDeviceGetTemperatureV(Device *device, int *temperature) {
    /* {version, sensor, temperature} */
    return number(device, device->temperature, (unsigned *)&temperature[2]);
}

int nvmlDeviceGetMemoryInfo(Device *device, unsigned long long *memory) {
    /* {total, free, used}; what the driver keeps for itself counts as used */
    if (device->code) return device->code;
    memory[0] = (unsigned long long)device->total;
    memory[2] = (unsigned long long)device->used + (600ULL << 20);
    memory[1] = memory[0] - memory[2];
    return SUCCESS;
}

#ifndef OLD_DRIVER
int nvmlDeviceGetMemoryInfo_v2(Device *device, unsigned long long *memory) {
    /* {version and padding, total, reserved, free, used} */
    if (device->code) return device->code;
    memory[1] = (unsigned long long)device->total;
    memory[2] = 600ULL << 20;
    memory[4] = (unsigned long long)device->used;
    memory[3] = memory[1] - memory[2] - memory[4];
    return SUCCESS;
}
#endif

int nvmlDeviceGetMigMode(Device *device, unsigned *current, unsigned *pending) {
    if (device->code) return device->code;
    if (device->mig < 0) return NOT_SUPPORTED;
    *current = *pending = (unsigned)device->mig;
    return SUCCESS;
}

int nvmlDeviceGetMaxMigDeviceCount(Device *device, unsigned *count) { return number(device, 7, count); }

int nvmlDeviceGetMigDeviceHandleByIndex(Device *device, unsigned index, Device **slice) {
    for (int i = 0; i < slice_count; i++)
        if (!strcmp(slices[i].parent, device->uuid) && index-- == 0) {
            *slice = &slices[i];
            return SUCCESS;
        }
    return NOT_FOUND;
}

static int list(Device *device, const char *kind, unsigned *count, ProcessInfo *infos) {
    unsigned found = 0, room = *count;
    if (device->code) return device->code;
    for (int i = 0; i < process_count; i++) {
        Process *process = &processes[i];
        if (strcmp(process->uuid, device->uuid) || strcmp(process->kind, kind)) continue;
        if (infos && found < room)
            infos[found] = (ProcessInfo){process->pid, (unsigned long long)process->memory, 0, 0};
        found++;
    }
    *count = found;
    return found > room ? TOO_SMALL : SUCCESS;
}

#ifdef OLD_DRIVER
#define VERSIONED(name) name##_v2
#else
#define VERSIONED(name) name##_v3
#endif

int VERSIONED(nvmlDeviceGetComputeRunningProcesses)(Device *d, unsigned *n, ProcessInfo *infos) {
    return list(d, "compute", n, infos);
}

int VERSIONED(nvmlDeviceGetGraphicsRunningProcesses)(Device *d, unsigned *n, ProcessInfo *infos) {
    return list(d, "graphics", n, infos);
}

int VERSIONED(nvmlDeviceGetMPSComputeRunningProcesses)(Device *d, unsigned *n, ProcessInfo *infos) {
    return list(d, "mps", n, infos);
}
