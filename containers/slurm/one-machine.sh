#!/bin/sh
# A Slurm cluster of one machine, for testing the recipes. It needs no systemd and writes only to DIR,
# except for the key of munge if that is missing. Run it as root, with Debian's slurm-wlm and munge installed.
#   containers/slurm/one-machine.sh start DIR     # then: export SLURM_CONF=DIR/slurm.conf
#   containers/slurm/one-machine.sh stop DIR
# SPDX-License-Identifier: Apache-2.0
set -eu
[ $# = 2 ] || { echo "usage: one-machine.sh start|stop DIR" >&2; exit 64; }
what=$1
mkdir -p "$2"
dir=$(readlink -f "$2")
export SLURM_CONF="$dir/slurm.conf"

stop() {
  for daemon in slurmctld slurmd munged; do
    [ ! -f "$dir/$daemon.pid" ] || kill "$(cat "$dir/$daemon.pid")" 2>/dev/null || true
  done
}

start() {
  for program in slurmctld slurmd munged; do
    command -v $program >/dev/null || { echo "$program not found; run: apt-get install slurm-wlm munge" >&2; exit 69; }
  done
  host=$(hostname -s)
  mkdir -p "$dir/state" "$dir/spool" "$dir/munge"
  # munged requires that all parent directories are safe, so its socket has a directory of its own.
  [ -e /etc/munge/munge.key ] || mungekey --create
  chown -R munge: /etc/munge "$dir/munge"
  chmod 711 "$dir/munge"
  cat >"$SLURM_CONF" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
MailProg=/bin/true
KillWait=5
SchedulerParameters=sched_interval=1,batch_sched_delay=1,requeue_delay=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(awk '/MemTotal/ {print int($2/1024*0.9)}' /proc/meminfo) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
  setpriv --reuid munge --regid munge --clear-groups munged --force --socket="$dir/munge/socket" \
    --pid-file="$dir/munge/pid" --log-file="$dir/munge/log" --seed-file="$dir/munge/seed"
  cp "$dir/munge/pid" "$dir/munged.pid"
  slurmctld
  slurmd
  # A node can be used once it has registered with the controller.
  tries=0
  until sinfo -h -t idle -o %N 2>/dev/null | grep -q .; do
    tries=$((tries + 1))
    [ $tries -lt 60 ] || { echo "the node did not start within 60 s; see $dir/*.log" >&2; stop; exit 70; }
    sleep 1
  done
  echo "export SLURM_CONF=$SLURM_CONF"
}

case $what in
  start) start ;;
  stop) stop ;;
  *) echo "usage: one-machine.sh start|stop DIR" >&2; exit 64 ;;
esac
