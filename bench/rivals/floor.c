/*
 * The kernel's floor: a server that only reads and sends, with no checks and no protocol. A connection's first line is
 * "join" and the names of its channels; whatever it sends later goes, as it was read, to all others in its first channel.
 *
 *   floor <port>
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 65536
#define CHUNK 65536

struct channel {
  char name[64];
  int *members;
  int count, room;
};

static struct channel channels[MOST];
static int channel_count;
static struct channel *channel_of[MOST];
static char joining[MOST];

static struct channel *find(const char *name) {
  for (int i = channel_count - 1; i >= 0; i--)
    if (strcmp(channels[i].name, name) == 0) return &channels[i];
  struct channel *made = &channels[channel_count++];
  snprintf(made->name, sizeof made->name, "%s", name);
  return made;
}

static void add(struct channel *channel, int fd) {
  if (channel->count == channel->room) {
    channel->room = channel->room ? 2 * channel->room : 16;
    channel->members = realloc(channel->members, sizeof(int) * channel->room);
  }
  channel->members[channel->count++] = fd;
}

static void drop(int fd) {
  struct channel *channel = channel_of[fd];
  for (int i = 0; channel && i < channel->count; i++)
    if (channel->members[i] == fd) channel->members[i--] = channel->members[--channel->count];
  channel_of[fd] = NULL;
  close(fd);
}

/* Waits where a socket is full, as a floor may: nobody reads slowly there. */
static void send_all(int fd, const char *bytes, ssize_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return;
    if (sent > 0) bytes += sent, length -= sent;
  }
}

int main(int argc, char **argv) {
  static char bytes[CHUNK + 1];
  int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  at.sin_port = htons(argc > 1 ? atoi(argv[1]) : 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 4096)) return perror("listen"), 1;
  getsockname(listener, (struct sockaddr *)&at, &size);
  printf("listening %d\n", ntohs(at.sin_port));
  fflush(stdout);
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
  for (;;) {
    struct epoll_event events[1024];
    int count = epoll_wait(epoll, events, 1024, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        int new = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (new < 0) continue;
        if (new >= MOST) { close(new); continue; }
        setsockopt(new, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        joining[new] = 1;
        epoll_ctl(epoll, EPOLL_CTL_ADD, new, &(struct epoll_event){.events = EPOLLIN, .data.fd = new});
        continue;
      }
      ssize_t length = recv(fd, bytes, CHUNK, 0);
      if (length <= 0) {
        if (length == 0 || errno != EAGAIN) drop(fd);
        continue;
      }
      if (joining[fd]) {
        bytes[length] = 0;
        strtok(bytes, " \n");
        char *name = strtok(NULL, " \n");
        joining[fd] = 0;
        channel_of[fd] = find(name ? name : "");
        add(channel_of[fd], fd);
        send_all(fd, "joined\n", 7);
        continue;
      }
      struct channel *channel = channel_of[fd];
      for (int m = 0; channel && m < channel->count; m++)
        if (channel->members[m] != fd) send_all(channel->members[m], bytes, length);
    }
  }
}
