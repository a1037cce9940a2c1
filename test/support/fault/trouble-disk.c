/* Makes every fsync and fdatasync late, or fail, as a file says: milliseconds, or EIO. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int trouble(void) {
  char text[32] = "";
  const char *path = getenv("TROUBLE_DISK");
  int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
  close(file);
  if (strncmp(text, "EIO", 3) == 0) {
    errno = EIO;
    return -1;
  }
  long ms = atol(text);
  struct timespec wait = {ms / 1000, ms % 1000 * 1000000L};
  while (nanosleep(&wait, &wait) != 0 && errno == EINTR) {}
  return 0;
}

typedef int (*sync_call)(int);

static int through(const char *name, int fd) {
  sync_call real = (sync_call)dlsym(RTLD_NEXT, name);
  return trouble() != 0 ? -1 : real(fd);
}

int fsync(int fd) { return through("fsync", fd); }
int fdatasync(int fd) { return through("fdatasync", fd); }
