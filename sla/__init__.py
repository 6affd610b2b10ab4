"""Service level agreements: policies, clocks on business time, deadlines that are explained."""
