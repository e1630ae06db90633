// Command kadm-poll reads the lag of every consumer group with franz-go's kadm, over and over, and prints one JSON line a
// poll: the fastest native client that bench/poll.ts measures itself against.
//
// usage: kadm-poll BOOTSTRAP POLLS three-calls|lag
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

type poll struct {
	WallMs          float64 `json:"wallMs"`
	CpuMs           float64 `json:"cpuMs"`
	ProcessCpuMs    float64 `json:"processCpuMs"`
	GroupPartitions int     `json:"groupPartitions"`
	Lag             int64   `json:"lag"`
	PeakMb          float64 `json:"peakMb"`
}

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: kadm-poll BOOTSTRAP POLLS three-calls|lag"))
	}
	polls, err := strconv.Atoi(os.Args[2])
	if err != nil {
		fail(err)
	}
	read := threeCalls
	if os.Args[3] == "lag" {
		read = lag
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(os.Args[1], ",")...))
	if err != nil {
		fail(err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	for i := 0; i < polls; i++ {
		wall, cpu := time.Now(), cpuMs()
		partitions, sum, err := read(context.Background(), admin)
		if err != nil {
			fail(err)
		}
		line, _ := json.Marshal(poll{
			WallMs:          float64(time.Since(wall).Microseconds()) / 1000,
			CpuMs:           cpuMs() - cpu,
			ProcessCpuMs:    cpuMs(),
			GroupPartitions: partitions,
			Lag:             sum,
			PeakMb:          float64(usage().Maxrss) / 1024,
		})
		fmt.Println(string(line))
	}
}

// threeCalls does the same work as Lagwarden's reading of lag: groups, their commits, the ends.
func threeCalls(ctx context.Context, admin *kadm.Client) (int, int64, error) {
	groups, err := admin.ListGroups(ctx)
	if err != nil {
		return 0, 0, err
	}
	commits := admin.FetchManyOffsets(ctx, groups.Groups()...)
	if err := commits.Error(); err != nil {
		return 0, 0, err
	}
	ends, err := admin.ListEndOffsets(ctx)
	if err != nil {
		return 0, 0, err
	}
	partitions, sum := 0, int64(0)
	for _, response := range commits {
		for topic, offsets := range response.Fetched {
			endsOfTopic := ends[topic]
			for partition, offset := range offsets {
				if end, ok := endsOfTopic[partition]; ok && offset.At >= 0 {
					partitions++
					sum += end.Offset - offset.At
				}
			}
		}
	}
	return partitions, sum, nil
}

// lag is kadm's own convenience: it describes the groups and reads start offsets besides.
func lag(ctx context.Context, admin *kadm.Client) (int, int64, error) {
	groups, err := admin.ListGroups(ctx)
	if err != nil {
		return 0, 0, err
	}
	lags, err := admin.Lag(ctx, groups.Groups()...)
	if err != nil {
		return 0, 0, err
	}
	partitions, sum := 0, int64(0)
	lags.Each(func(group kadm.DescribedGroupLag) {
		for _, offsets := range group.Lag {
			for _, member := range offsets {
				if member.Commit.At >= 0 {
					partitions++
					sum += member.Lag
				}
			}
		}
	})
	return partitions, sum, nil
}

func usage() *syscall.Rusage {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return &used
}

func cpuMs() float64 {
	used := usage()
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e6
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
