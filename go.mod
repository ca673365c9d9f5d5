module github.com/tunegate/tunegate

go 1.26
